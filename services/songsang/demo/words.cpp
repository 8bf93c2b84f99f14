#include "songsang/demo/words.h"

#include <array>

namespace songsang::demo {

const std::vector<BranchWords>& Branches() {
  static const std::vector<BranchWords> kBranches = {
      {"gangnam", "강남지점", "서울", 32},      {"pangyo", "판교지점", "경기", 26},
      {"daejeon", "대전지점", "대전·충청", 14}, {"daegu", "대구지점", "대구·경북", 12},
      {"busan", "부산지점", "부산·경남", 16},
  };
  return kBranches;
}

const std::vector<ProductWords>& Products() {
  static const std::vector<ProductWords> kProducts = {
      {"mfp-color", "컬러 복합기 렌탈 36개월", "사무기기", 14'400'000, 18, 40},
      {"mfp-mono", "흑백 복합기 렌탈 36개월", "사무기기", 7'200'000, 16, 60},
      {"shredder", "문서 세단기 10대 묶음", "사무기기", 4'200'000, 9, 90},
      {"plotter", "대형 플로터", "사무기기", 12'500'000, 4, -60},
      {"groupware", "그룹웨어 연간 이용권", "소프트웨어", 18'000'000, 13, 0},
      {"e-approval", "전자결재 연간 이용권", "소프트웨어", 7'200'000, 11, 50},
      {"doc-security", "문서보안 연간 이용권", "소프트웨어", 26'400'000, 7, -40},
      {"backup", "백업 서비스 10TB", "소프트웨어", 9'600'000, 8, 10},
      {"maintenance", "유지보수 연간 계약", "서비스", 6'000'000, 8, 120},
      {"network", "네트워크 구축", "서비스", 48'000'000, 3, -90},
      {"print-consulting", "출력 관리 컨설팅", "서비스", 15'000'000, 2, -30},
      {"training", "사용자 교육 패키지", "서비스", 2'700'000, 1, 80},
  };
  return kProducts;
}

const std::vector<OriginWords>& Origins() {
  static const std::vector<OriginWords> kOrigins = {
      {"web", "naver_search", "", 17, 420},
      {"web", "google_search", "", 9, 400},
      {"web", "homepage", "", 11, 520},
      {"web", "", "", 4, 380},
      {"phone", "inbound_call", "", 15, 560},
      {"phone", "outbound_call", "", 7, 300},
      {"campaign", "kakao_channel", "신학기 사무환경 개선전", 6, 330},
      {"campaign", "newsletter", "연말 예산 소진 특가", 7, 300},
      {"event", "coex_fair", "코엑스 스마트오피스 전시회", 9, 380},
      {"event", "webinar", "문서보안 웨비나", 4, 350},
      {"referral", "client", "", 8, 720},
      {"visit", "field_visit", "", 6, 450},
      {"partner", "dealer", "", 4, 640},
  };
  return kOrigins;
}

const std::vector<const char*>& Industries() {
  static const std::vector<const char*> kIndustries = {"제조", "건설", "IT", "유통", "의료", "교육", "공공", "물류"};
  return kIndustries;
}

std::string PersonName(Chance* chance) {
  struct Surname {
    const char* name;
    int weight;
  };
  static constexpr std::array kSurnames = {
      Surname{"김", 215}, Surname{"이", 147}, Surname{"박", 84}, Surname{"최", 47}, Surname{"정", 43},
      Surname{"강", 24},  Surname{"조", 21},  Surname{"윤", 20}, Surname{"장", 20}, Surname{"임", 17},
      Surname{"한", 15},  Surname{"오", 15},  Surname{"서", 15}, Surname{"신", 15}, Surname{"권", 14},
      Surname{"황", 14},  Surname{"안", 14},  Surname{"송", 14}, Surname{"류", 6},  Surname{"홍", 11}};
  static constexpr std::array kFirst = {"민", "서", "지", "현", "수", "준", "하", "도",
                                        "은", "유", "태", "승", "예", "재", "영", "성"};
  static constexpr std::array kSecond = {"준", "연", "우", "진", "호", "아", "윤", "희",
                                         "석", "빈", "경", "훈", "혁", "미", "원", "민"};
  static const std::vector<int> kWeights = [] {
    std::vector<int> weights;
    for (const Surname& surname : kSurnames) weights.push_back(surname.weight);
    return weights;
  }();
  const std::string surname = kSurnames[chance->Weighted(kWeights)].name;
  const std::string first = chance->Pick(kFirst);
  std::string second = chance->Pick(kSecond);
  while (second == first) second = chance->Pick(kSecond);
  return surname + first + second;
}

std::string CompanyName(int number) {
  static constexpr std::array kFronts = {"한빛", "대성", "미래", "세종", "다온", "누리", "가람",
                                         "정우", "동해", "서해", "태백", "한결", "새봄", "으뜸",
                                         "푸른", "큰솔", "하늘", "바른", "온새", "늘봄"};
  static constexpr std::array kBacks = {"산업", "전자", "물산",   "테크",   "건설", "바이오", "식품",      "물류",
                                        "정밀", "소재", "시스템", "메디컬", "에듀", "유통",   "엔지니어링"};
  const auto place = static_cast<size_t>(number);
  const std::string name =
      std::string(kFronts[place % kFronts.size()]) + kBacks[(place / kFronts.size() + place) % kBacks.size()];
  return number % 3 == 0 ? name + " 주식회사" : number % 3 == 1 ? "㈜" + name : name;
}

}  // namespace songsang::demo
